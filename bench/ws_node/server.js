// A bare broadcast: POST /emit sends the posted bytes to every open socket and answers with the moment it began.
// GET /bytes/N answers N bytes, as a file would be.
"use strict";

const http = require("node:http");
const { WebSocketServer } = require("ws");

const files = new Map();

function bytes(size) {
  if (!files.has(size)) files.set(size, Buffer.alloc(size, "x"));
  return files.get(size);
}

const server = http.createServer((request, response) => {
  if (request.method === "GET") {
    const body = bytes(Number(request.url.split("/").pop()));
    response.writeHead(200, { "Content-Type": "text/html", "Content-Length": body.length });
    response.end(body);
    return;
  }
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const begun = Number(process.hrtime.bigint()) / 1e9;
    const text = Buffer.concat(parts);
    for (const socket of sockets.clients) socket.send(text, { binary: false });
    response.end(JSON.stringify({ committed: begun }));
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(Number(process.argv[2]), "127.0.0.1", 4096);
