// Another extension in the same host. While the file `block` is in the bench's folder it blocks the host's main thread 300 ms
// of each second, and counts that in `blocks`. For comparison it runs the barest of proxies on that thread: a pipe to the
// upstream, whose port is in `pipe`.
const { existsSync, writeFileSync, renameSync } = require("node:fs");
const { connect, createServer } = require("node:net");
const { join } = require("node:path");

/** Milliseconds. */
const period = 1000;
const blocked = 300;

const folder = process.env.RELAY_ACCOUNTS_BENCH_FOLDER ?? "";
const upstreamPort = Number(process.env.RELAY_ACCOUNTS_BENCH_UPSTREAM);

function tell(name, text) {
	const file = join(folder, name);
	// Whoever reads it must not see half of it.
	writeFileSync(`${file}.new`, text);
	renameSync(`${file}.new`, file);
}

let blocks = 0;
function blockIfTold() {
	if (!existsSync(join(folder, "block"))) return;
	const end = performance.now() + blocked;
	while (performance.now() < end);
	blocks += 1;
	tell("blocks", String(blocks));
}

function pipe(socket) {
	const onward = connect({ port: upstreamPort, host: "127.0.0.1", noDelay: true });
	socket.setNoDelay(true);
	socket.on("error", () => onward.destroy());
	onward.on("error", () => socket.destroy());
	socket.pipe(onward).pipe(socket);
}

exports.activate = (context) => {
	const clock = setInterval(blockIfTold, period);
	const server = createServer(pipe);
	server.listen(0, "127.0.0.1", () => tell("pipe", String(server.address().port)));
	context.subscriptions.push({ dispose: () => clearInterval(clock) }, { dispose: () => server.close() });
};
