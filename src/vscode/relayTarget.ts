import type { RelayAccount } from "../accounts/account.ts";
import type { RelayInput } from "../accounts/relayInput.ts";
import type { RelayTarget } from "../bridge/relayReports.ts";

/** Whom a test or a model list is asked of: a relay as saved or as just typed, with its key. */
export function relayTarget(relay: RelayAccount | RelayInput, apiKey: string): RelayTarget {
	const { format, baseUrl, auth, headers, allowedModels, modelMap } = relay;
	const outboundProxy = "outboundProxy" in relay ? relay.outboundProxy : null;
	return { format, baseUrl, apiKey, auth, headers, allowedModels, modelMap, outboundProxy };
}
