"""Serves one GGUF file over HTTP on the loopback interface, with llama.cpp's own server inside this process.

Started by the library (local_runtime/embedded_server.cpp), which sends one line of JSON on standard input and then keeps
that end open: when it closes, the library is gone and so is this process. Standard output carries one line,
"ready N" with the port, once the model is loaded. Standard error is the log.
"""
import json
import os
import signal
import sys
import threading
import traceback

# Before OpenMP starts: two threads that spin while they wait cost most of a busy two-core machine.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def leave_when_input_ends():
    # Not through sys.stdin: its lock, held by this thread, would turn any other end of the process into an abort.
    while os.read(0, 4096):
        pass
    os._exit(0)


def main():
    job = json.loads(sys.stdin.buffer.readline())
    # The default handlers end the process at once; the server keeps nothing that would need a farewell.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=leave_when_input_ends, daemon=True).start()

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = job["model"]
    params.model_alias = {job["alias"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [job["api_key"]]
    params.n_ctx = job["context"]
    params.n_parallel = 1
    params.cache_ram_mib = job["prompt_cache_mib"]
    params.cpuparams.n_threads = job["threads"]
    params.cpuparams_batch.n_threads = job["threads"]
    params.ui = False
    params.offline = True
    # What a request does not say: the publisher's values for prose. A request for a tool call sends temperature 0.
    params.sampling.temp = 0.7
    params.sampling.top_p = 0.8
    params.sampling.top_k = 20
    params.sampling.penalty_repeat = 1.1

    server = xllamacpp.Server(params)
    port = int(server.listening_address.rsplit(":", 1)[-1])
    sys.stdout.write(f"ready {port}\n")
    sys.stdout.flush()
    while True:
        signal.pause()


try:
    main()
except Exception:  # whatever it was, the log's last line shall name it
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)
