import { parentPort } from "node:worker_threads";
import { obeyCommands, sendEvents } from "./bridge/workerSide.ts";
import { LocalProxy } from "./proxy/proxy.ts";

if (!parentPort) throw new Error("worker.ts is started as a worker thread.");

const send = sendEvents(parentPort);
obeyCommands(parentPort, new LocalProxy(send), send);
