#!/usr/bin/env python3
"""Signs the requests of bench_sigv4.cpp with botocore's SigV4Auth, and with the AWS Common Runtime where awscrt is installed:
microseconds per request, the median of five rounds. usage: build/venv/bin/python bench/botocore_sigv4.py"""

import statistics
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

URL = ("https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/"
       "invoke-with-response-stream")
KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "t" * 800)


def plain():
    return SigV4Auth(KEYS, "bedrock", "us-east-1")


def native():
    from botocore.crt.auth import CrtSigV4Auth
    return CrtSigV4Auth(KEYS, "bedrock", "us-east-1")


def microseconds(auth, body, count):
    rounds = []
    for _ in range(5):
        requests = [AWSRequest("POST", URL, {"content-type": "application/json"}, body) for _ in range(count)]
        begin = time.perf_counter()
        for request in requests:
            auth.add_auth(request)
        rounds.append((time.perf_counter() - begin) / count * 1e6)
    return statistics.median(rounds)


def main():
    for name, make in (("botocore", plain), ("botocore on awscrt", native)):
        try:
            auth = make()
        except ImportError:
            print(f"{name}: awscrt is not installed")
            continue
        for size, count in ((100, 1000), (10_000, 1000), (1_000_000, 50)):
            print(f"{name}, body of {size} bytes: {microseconds(auth, b'x' * size, count):.1f} us")


if __name__ == "__main__":
    main()
