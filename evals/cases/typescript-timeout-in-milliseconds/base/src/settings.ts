import { z } from "zod";

const Settings = z.object({
  MODEL_TIMEOUT: z.coerce.number().int().min(1_000).max(60_000).default(20_000),
  TARIFF_YEAR: z.coerce.number().int().default(2026),
});

const read = Settings.parse(process.env);

export const settings = {
  modelTimeout: read.MODEL_TIMEOUT,
  tariffYear: read.TARIFF_YEAR,
};
