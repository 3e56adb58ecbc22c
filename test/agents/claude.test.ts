import { describeAgent } from "./support/describeAgent.ts";

describeAgent("claude");
