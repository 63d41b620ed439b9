/** For authors of providers outside the tree, as `pealbell/provider`: the contract, and the library its options are written in. */

export { z } from 'zod';
export * from './contract.js';
