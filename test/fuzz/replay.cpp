// replay.cpp: gives a fuzzer the files of some folders, so that what once broke something is tried
// in every build, also by compilers that have no fuzzer.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::size_t replay(const std::filesystem::path& folder)
{
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::cout << entry.path().filename().string()
                  << std::endl;  // the last one named is to blame
        std::ifstream file(entry.path(), std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        // A copy of its own length, so that a sanitizer sees a read beyond it.
        const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
        (void)LLVMFuzzerTestOneInput(exact.data(), exact.size());
        ++files;
    }
    if (files == 0) std::cerr << folder << " is empty\n";
    return files;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc < 2) {
        std::cerr << "usage: " << argv[0] << " FOLDER...\n";
        return 2;
    }
    bool all = true;
    for (int i = 1; i < argc; ++i) all = replay(argv[i]) > 0 && all;
    return all ? 0 : 1;
}
