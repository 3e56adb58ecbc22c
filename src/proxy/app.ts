import type { ServerResponse } from "node:http";
import { fromNodeHandler, H3 } from "h3";
import type { NodeHandler } from "h3/node";
import { toNodeHandler } from "h3/node";
import { formats } from "../accounts/account.ts";
import { endpoints } from "../formats/endpoints.ts";
import { answerNothing, answerProblem } from "./answer.ts";
import { type DispatchParts, dispatch } from "./dispatch.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";
import type { ModelCatalogue } from "./modelCatalogue.ts";
import { answerModel, answerModelList } from "./modelRoutes.ts";

export interface AppParts extends DispatchParts {
	readonly catalogue: ModelCatalogue;
}

/** Prefixes of every format: the model list is asked for below any of them. */
const prefixes = [...new Set(formats.flatMap((format) => endpoints[format].clientPrefixes))];

/**
 * The routes behind the guard. Each writes to Node's own response: the hot path needs no web streams, and a handler's promise
 * must not settle before the reply has ended.
 */
export function createApp(parts: AppParts): NodeHandler {
	const app = new H3();
	for (const format of formats) {
		for (const prefix of endpoints[format].clientPrefixes) {
			for (const path of endpoints[format].operations) {
				app.post(
					prefix + path,
					route((exchange) => dispatch(parts, exchange, format, path)),
				);
			}
		}
	}
	for (const prefix of endpoints.gemini.clientPrefixes) {
		app.post(
			`${prefix}/models/**`,
			route((exchange) => dispatch(parts, exchange, "gemini", belowModels(exchange))),
		);
	}
	for (const prefix of prefixes) {
		app.on(
			"GET",
			`${prefix}/models`,
			route((exchange) => answerModelList(exchange, parts.catalogue)),
		);
		app.on(
			"HEAD",
			`${prefix}/models`,
			route((exchange) => answerModelList(exchange, parts.catalogue)),
		);
		app.on(
			"GET",
			`${prefix}/models/**`,
			route((exchange) => answerOneModel(exchange, parts.catalogue)),
		);
		app.on(
			"HEAD",
			`${prefix}/models/**`,
			route((exchange) => answerOneModel(exchange, parts.catalogue)),
		);
	}
	app.options("/**", route(answerOptions));
	app.all("/**", route(answerNoRoute));
	return toNodeHandler(app);
}

function route(handle: (exchange: Exchange) => Promise<void> | void): ReturnType<typeof fromNodeHandler> {
	return fromNodeHandler(async (request, response) => {
		const exchange = exchangeOf(request);
		response.once("finish", () => {
			response.end = endAgain;
		});
		try {
			await handle(exchange);
		} catch (error) {
			exchange.error = error instanceof Error ? `${error.name}: ${error.message}` : "unknown error";
			if (response.headersSent) response.destroy();
			else
				answerProblem(exchange, { kind: "internal", message: "The proxy failed on this request; its log says more." });
		}
	});
}

/**
 * srvx ends each response once more, and Node makes an error with a stack for whoever ends one that has ended: as much work
 * as a tenth of a small request.
 */
function endAgain(this: ServerResponse, ...given: readonly unknown[]): ServerResponse {
	const callback = given.at(-1);
	if (typeof callback === "function") callback();
	return this;
}

/** `/models/…` and what follows, as the client wrote it. Names may hold `/models/` too; prefixes do not. */
function belowModels({ path }: Exchange): string {
	return path.slice(path.indexOf("/models/"));
}

function answerOneModel(exchange: Exchange, catalogue: ModelCatalogue): Promise<void> {
	const id = belowModels(exchange).slice("/models/".length);
	return id === "" ? answerModelList(exchange, catalogue) : answerModel(exchange, catalogue, id);
}

function answerOptions(exchange: Exchange): void {
	answerNothing(exchange, ["allow", "GET, HEAD, POST, OPTIONS"]);
}

function answerNoRoute(exchange: Exchange): void {
	const { request, path } = exchange;
	const names = formats.map((format) => endpoints[format].name).join(", ");
	const message = `There is nothing at ${request.method} ${path}. This port answers the ${names} APIs.`;
	answerProblem(exchange, { kind: "notFound", message });
}
