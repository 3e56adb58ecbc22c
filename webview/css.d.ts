/** Style sheets are bundled into a file of their own; importing one has no value. */
declare module "*.css";
