import { Command } from "commander";
import { scenarioJsonSchema } from "../model/scenario.ts";

export const schemaCommand = () =>
  new Command("schema")
    .description("print the JSON Schema of scenarios, for editors to complete and check them")
    .action(() => {
      process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
    });
