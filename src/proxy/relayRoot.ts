import { upstreamRoot } from "../formats/endpoints.ts";
import { isKeyedRelay, type KeyedAccount } from "../pool/usable.ts";

type Root = ReturnType<typeof upstreamRoot>;

const roots = new WeakMap<KeyedAccount["account"], { readonly baseUrl: string; readonly root: Root }>();

/** Origin and path below which an account's operations stand: worked out once, for as long as the account is as it is. */
export function rootOf(keyed: KeyedAccount): Root {
	const { account } = keyed;
	const known = roots.get(account);
	const baseUrl = isKeyedRelay(keyed) ? keyed.account.baseUrl : keyed.backend.baseUrl;
	if (known?.baseUrl === baseUrl) return known.root;
	const root = isKeyedRelay(keyed) ? upstreamRoot(keyed.account.format, baseUrl) : backendRoot(baseUrl);
	roots.set(account, { baseUrl, root });
	return root;
}

function backendRoot(baseUrl: string): Root {
	const { origin, pathname } = new URL(baseUrl);
	return { origin, path: `${pathname === "/" ? "" : pathname}/codex` };
}
