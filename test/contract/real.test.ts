import { describeWith } from '../support/requirements.ts';
import { clusterContract } from './cluster-contract.ts';
import { real } from './subjects.ts';

describeWith(['controlPlane'], 'a real API server keeps the contract', () => {
  clusterContract(real);
});
