import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { cleanEnvironment, startOwnProcess } from "../../scripts/host/ownProcess.ts";
import { freePort } from "../../scripts/host/ports.ts";
import { ensureSystemPackages, findCommand } from "../../scripts/host/systemPackages.ts";
import { hasProc, pinned, targetCore } from "../machine.ts";
import { processTree } from "../processes/processStats.ts";
import { anyKey, type MissingTarget, type RunningTarget, type Target, type TargetPlace } from "./target.ts";

const title = "nginx";
/** Milliseconds. */
const startPatience = 10_000;

/** Debian keeps it where only administrators' paths lead. */
function findNginx(): string | undefined {
	return findCommand("nginx") ?? ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].find((file) => existsSync(file));
}

/** Brings nginx by apt where it may. */
export async function nginx(): Promise<Target | MissingTarget> {
	// Debian's package would start a web server of its own on port 80; this keeps sysvinit from that.
	process.env["RUNLEVEL"] ??= "1";
	try {
		await ensureSystemPackages([{ debianPackage: "nginx", isThere: () => findNginx() !== undefined }]);
	} catch (error) {
		return { title, why: error instanceof Error ? error.message : String(error) };
	}
	const command = findNginx();
	if (command === undefined) return { title, why: "It was not found." };
	const { stderr } = await promisify(execFile)(command, ["-v"]);
	const version = /nginx\/(\S+)/.exec(stderr)?.[1] ?? "of unknown version";
	return {
		name: "nginx",
		title,
		note: `nginx ${version}: 1 worker, \`proxy_buffering off\`, connections to the upstream kept alive, no log`,
		start: (place) => start(command, place),
	};
}

async function start(command: string, { upstreamPort, folder }: TargetPlace): Promise<RunningTarget> {
	const port = await freePort();
	const home = join(folder, `nginx-${port}`);
	const configFile = join(home, "nginx.conf");
	await mkdir(home, { recursive: true });
	await writeFile(configFile, configuration(port, upstreamPort, home));
	const said: string[] = [];
	const run = pinned(targetCore, command);
	const server = startOwnProcess(run.command, [...run.args, "-p", home, "-c", configFile, "-e", "stderr"], {
		cwd: home,
		env: cleanEnvironment({}),
		onLine: (line) => said.push(line),
	});
	let hasEnded = false;
	void server.ended.then(() => {
		hasEnded = true;
	});
	const deadline = performance.now() + startPatience;
	while (!(await answers(port))) {
		if (hasEnded || performance.now() > deadline) throw new Error(`nginx did not start. It said:\n${said.join("\n")}`);
		await pause(20);
	}
	// The port answers before the worker has come out of its master.
	for (;;) {
		const pids = processTree(Number(await readFile(join(home, "nginx.pid"), "latin1")));
		if (pids.length > 1 || !hasProc) return { via: { port, headers: anyKey, pids }, stop: server.stop };
		await pause(20);
	}
}

function answers(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1");
		socket.once("error", () => resolve(false));
		socket.once("connect", () => {
			socket.destroy();
			resolve(true);
		});
	});
}

function configuration(port: number, upstreamPort: number, home: string): string {
	const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
	return `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${home}/nginx.pid;
error_log stderr error;
events { worker_connections 8192; }
http {
	access_log off;
	${temporary.map((name) => `${name}_temp_path ${home}/${name};`).join("\n\t")}
	client_max_body_size 0;
	keepalive_requests 10000000;
	keepalive_timeout 600s;
	upstream relay {
		server 127.0.0.1:${upstreamPort};
		keepalive 1024;
		keepalive_requests 10000000;
		keepalive_timeout 600s;
	}
	server {
		listen 127.0.0.1:${port} backlog=4096;
		location / {
			proxy_pass http://relay;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_buffering off;
			proxy_read_timeout 600s;
			proxy_send_timeout 600s;
		}
	}
}
`;
}
