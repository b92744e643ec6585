import hashlib
import os

from capsa.model.digest import digest


def test_it_is_the_sha256_of_the_content():
    for content in (b"", b"abc", os.urandom(100_000)):
        assert digest(content) == hashlib.sha256(content).hexdigest()
