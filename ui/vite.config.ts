import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Relative, so that the same build opens in the window and from any static server.
  base: "./",
  plugins: [svelte(), svelteTesting()],
  // The signs and the application icon live beside ui/, in icons/.
  server: { port: 5173, strictPort: true, fs: { allow: [".."] } },
  preview: { port: 4173, strictPort: true },
  // Nothing as a data: address, so that the content security policy can forbid those.
  // The oldest engine the window meets: WebKitGTK of Debian 12 and Ubuntu 22.04.
  build: { target: ["es2022", "safari16.4"], assetsInlineLimit: 0 },
  test: { environment: "jsdom", include: ["src/**/*.test.ts", "tests/**/*.test.ts"] },
});
