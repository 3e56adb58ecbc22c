// h3's own proxy: every request goes to the upstream by `proxyRequest`.
import { H3, proxyRequest, serve } from "h3";
import { answerQuestions } from "../processes/questions.ts";

const upstream = `http://127.0.0.1:${process.argv[2]}`;
const app = new H3().all("/**", (event) => proxyRequest(event, upstream + event.url.pathname + event.url.search));
const server = serve(app, { port: 0, hostname: "127.0.0.1", silent: true });
await server.ready();
answerQuestions(async () => null, Number(new URL(server.url ?? "").port));
