export { __camelName__ } from './__name__.js';
