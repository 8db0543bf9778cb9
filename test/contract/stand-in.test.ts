import { describe } from 'vitest';
import { clusterContract } from './cluster-contract.ts';
import { standIn } from './subjects.ts';

describe('the stand-in cluster keeps the contract', () => {
  clusterContract(standIn);
});
