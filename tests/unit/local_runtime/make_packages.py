"""Makes a folder of tiny packages for the tests and prints what a recipe needs to know of them.

make_packages.py FOLDER model PART_COUNT   a weights file cut into PART_COUNT packages; prints "whole SHA SIZE" and one
                                           line "part PACKAGE SHA SIZE MEMBER" each; the whole lies in FOLDER/whole.gguf
make_packages.py FOLDER runtime TEXT       a package whose module consists of TEXT; prints "part ..." for it
"""
import hashlib
import sys
import zipfile
from pathlib import Path

VERSION = "1.0"


def make(folder, package, files, member):
    module = package.replace("-", "_")
    info = f"{module}-{VERSION}.dist-info"
    files = dict(files)
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {package}\nVersion: {VERSION}\n".encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    files[f"{info}/RECORD"] = record.encode()
    wheel = folder / f"{module}-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    content = wheel.read_bytes()
    print("part", package, hashlib.sha256(content).hexdigest(), len(content), member)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if sys.argv[2] == "runtime":
        make(folder, "cortex-test-runtime", {"cortex_test_runtime/__init__.py": sys.argv[3].encode()}, "-")
        return
    count = int(sys.argv[3])
    parts = [(f"part {number} ".encode() * 400) for number in range(1, count + 1)]
    parts[0] = b"GGUF" + parts[0]
    whole = b"".join(parts)
    (folder / "whole.gguf").write_bytes(whole)
    print("whole", hashlib.sha256(whole).hexdigest(), len(whole))
    for number, content in enumerate(parts, 1):
        module = f"cortex_test_part{number}"
        # Importing such a package would be a mistake; so would taking another of its files for the piece.
        trap = b"raise SystemExit('a weights package was imported')"
        make(folder, f"cortex-test-part{number}",
             {f"{module}/__init__.py": trap, f"{module}/data/part{number:02}.bin": content}, f"part{number:02}.bin")


main()
