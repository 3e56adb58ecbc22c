import { BroadcastChannel } from "node:worker_threads";
import "../../src/worker.ts";

/** The proxy's worker as it is, but that it dies when it is told to; where it is to die is the message. */
export const deathChannel = "relay-accounts-test-death";

const channel = new BroadcastChannel(deathChannel);
channel.onmessage = () => process.exit(3);
