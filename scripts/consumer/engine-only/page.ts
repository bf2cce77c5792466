import { forecast } from './forecast.js';
import { generate } from './generate.js';

const files = ['config.json', 'vocabulary.json', 'model.safetensors'];
const bytes = async (name: string) => new Uint8Array(await (await fetch(`./model/${name}`)).arrayBuffer());
const contents = await Promise.all(files.map(bytes));
const output = document.createElement('output');
output.textContent = [
  await generate(Object.fromEntries(files.map((name, i) => [name, contents[i]]))),
  await forecast(),
].join('; ');
document.body.append(output);
