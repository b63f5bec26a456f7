import { mount } from "svelte";
import App from "./App.svelte";
import { connect } from "./lib/backend";
import "./lib/tokens.css";
import "./lib/base.css";

const target = document.getElementById("app");
if (target) {
  void connect().then((backend) => mount(App, { target, props: { backend } }));
}
