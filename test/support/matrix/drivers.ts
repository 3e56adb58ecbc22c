import { aiSdkDrivers } from "./aiSdkDriver.ts";
import { chatDriver } from "./chatDriver.ts";
import { genaiDriver } from "./genaiDriver.ts";
import type { Driver } from "./heard.ts";
import { messagesDriver } from "./messagesDriver.ts";
import { responsesDriver } from "./responsesDriver.ts";

/** The official SDKs, and the AI SDK's providers. */
export const drivers: readonly Driver[] = [chatDriver, messagesDriver, genaiDriver, responsesDriver, ...aiSdkDrivers];
