/**
 * Something the user can mend: a bad scenario, option, path or adapter. Its message is one sentence that names the
 * key, the value and what is allowed. The command line prints it without a stack and exits with code 2.
 */
export class UserError extends Error {
  override name = "UserError";
}
