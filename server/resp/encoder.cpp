#include "server/resp/encoder.h"

#include "server/resp/nested_encoder.h"
#include "server/resp/wire.h"

#include <algorithm>

namespace kv::resp {

namespace {

/// A value goes out as what it is.
void write_item(BufferedStream& stream, const Item& item, int version)
{
    if (item.type == ItemType::nested) return write_nested(stream, item, version);
    write_bulk(stream, item.value());
}

const Reply::variant& form_of(const Reply& reply)
{
    return reply;
}

class Encoder {
public:
    Encoder(BufferedStream& stream, int version) : stream_(stream), version_(version) {}

    void operator()(const NoReply&) const {}
    void operator()(const Null&) const { stream_.write(version_ == 2 ? "$-1\r\n" : "_\r\n"); }
    void operator()(const NullArray&) const { stream_.write(version_ == 2 ? "*-1\r\n" : "_\r\n"); }
    void operator()(const Simple& simple) const { write_line(stream_, '+', simple.text); }
    void operator()(const Integer& integer) const { write_number(stream_, ':', integer.value); }
    void operator()(const Bulk& bulk) const { write_bulk(stream_, bulk.bytes); }
    void operator()(const Stored& stored) const { write_item(stream_, *stored.item, version_); }
    void operator()(const PartOf& part) const { write_bulk(stream_, part.bytes); }

    /// What a client sent may stand in an error's text: it must not end the line.
    void operator()(const Error& error) const
    {
        std::string text = error.text;
        std::replace_if(
            text.begin(), text.end(), [](char byte) { return byte == '\r' || byte == '\n'; }, ' ');
        write_line(stream_, '-', text);
    }

    void operator()(const Verbatim& verbatim) const
    {
        if (version_ == 2) return write_bulk(stream_, verbatim.text);
        constexpr std::string_view kind = "txt:";
        write_number(stream_, '=', kind.size() + verbatim.text.size());
        stream_.write(kind);
        stream_.write(verbatim.text);
        stream_.write("\r\n");
    }

    /// Bounded recursion: replies are built by commands, not by clients.
    void operator()(const Array& array) const
    {
        const std::size_t count = array.elements.size();
        const bool is_map = array.kind == Array::Kind::map && version_ == 3;
        write_number(stream_, type_of(array.kind), is_map ? count / 2 : count);
        for (const Reply& element : array.elements) std::visit(*this, form_of(element));
    }

private:
    [[nodiscard]] char type_of(Array::Kind kind) const
    {
        if (version_ == 2 || kind == Array::Kind::array) return '*';
        return kind == Array::Kind::map ? '%' : '~';
    }

    BufferedStream& stream_;
    int version_;
};

}  // namespace

void write_reply(BufferedStream& stream, const Reply& reply, int version)
{
    std::visit(Encoder(stream, version), form_of(reply));
}

}  // namespace kv::resp
