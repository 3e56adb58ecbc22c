// claude-code-router's server, as `ccr start` runs it.
import { Server } from "node:net";
import { pathToFileURL } from "node:url";
import { answerQuestions } from "../processes/questions.ts";

const [file = "", port = ""] = process.argv.slice(2);
const { listen } = Server.prototype;
const listening = Promise.withResolvers<void>();
Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
	this.once("listening", () => listening.resolve());
	return Reflect.apply(listen, this, args);
};
process.env["SERVICE_PORT"] = port;
process.argv.splice(1, 3, file, "start");
await import(pathToFileURL(file).href);
await listening.promise;
answerQuestions(async () => null, Number(port));
