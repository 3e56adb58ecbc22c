// Portkey's gateway, kept to the loopback address: it would listen on all of them.
import { Server } from "node:net";
import { pathToFileURL } from "node:url";
import { answerQuestions } from "../processes/questions.ts";

const [file = "", port = ""] = process.argv.slice(2);
const { listen } = Server.prototype;
const listening = Promise.withResolvers<void>();
Server.prototype.listen = function (this: Server): Server {
	this.once("listening", () => listening.resolve());
	return Reflect.apply(listen, this, [Number(port), "127.0.0.1"]);
};
process.argv.splice(2, 2, `--port=${port}`, "--headless");
await import(pathToFileURL(file).href);
await listening.promise;
answerQuestions(async () => null, Number(port));
