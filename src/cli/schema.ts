import { Argument, Command } from "commander";
import { described, jsonSchema, type SchemaName, schemaNames } from "../results/jsonSchemas.ts";

export const schemaCommand = () =>
  new Command("schema")
    .description(
      "print the JSON Schema of scenarios, for editors to complete and check them; or of any JSON that is written",
    )
    .addArgument(new Argument("[name]", "of what").choices(schemaNames).default("scenario"))
    .addHelpText(
      "after",
      `\n${schemaNames.map((name) => `  ${name.padEnd(16)} ${described(name)}`).join("\n")}`,
    )
    .action((name: SchemaName) => {
      process.stdout.write(`${JSON.stringify(jsonSchema(name), null, 2)}\n`);
    });
