// The worker that trains: everything that takes longer than a frame happens here.
import { expose } from 'comlink';
import { Workshop } from './workshop.js';

expose(new Workshop());
