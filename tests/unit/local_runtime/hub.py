"""A publisher's hub for the tests: serves one file under any path, with ranges. Prints its port, then one line per request:
the Range header or "-". `--cut N` ends each answer after N bytes although more was promised."""
import http.server
import sys

with open(sys.argv[1], "rb") as file:
    content = file.read()
cut = int(sys.argv[sys.argv.index("--cut") + 1]) if "--cut" in sys.argv else len(content)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range")
        print(asked or "-", flush=True)
        start = int(asked[len("bytes="):-1]) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:start + cut])

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
