/**
 * What brings the OAuth library along. Shipped as a bundle of its own, which is loaded when somebody signs in or a login is
 * renewed: so this file is imported with `import()` alone.
 */
export { refreshTokens } from "./authServer.ts";
export { startBrowserSignIn } from "./browserSignIn.ts";
export { readCodexLogin } from "./codexCliLogin.ts";
export { startDeviceSignIn } from "./deviceSignIn.ts";
export { readLogins, writeLogins } from "./loginTransfer.ts";
