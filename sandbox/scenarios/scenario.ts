/** What a scenario is: a world at the start, people who act in it, what heals it, and what must be true at the end. */
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Server } from '../cluster/databases/databases.ts';
import type { StandInCluster } from '../cluster/server.ts';
import type { Script } from '../responder/script.ts';

/** A world before it is opened: data only, the same for the same seed. */
export interface WorldPlan {
  readonly scenario: string;
  readonly seed: number;
  readonly namespace: string;
}

export interface OpenOptions {
  /** The real PostgreSQL server that holds the databases; asked when somebody first connects. */
  readonly server: () => Promise<Server>;
  readonly clock?: () => Date;
  readonly port?: number;
  /** How long a container takes to start or stop, in ms. Default 1500; tests take less. */
  readonly stepMs?: number;
  /** Which PostgreSQL programs pods have: the machine's own, the stand-ins, or what fits. Default: best. */
  readonly programs?: 'machine' | 'stand-in' | 'best';
}

/** An opened world. */
export interface PlayedWorld<P extends WorldPlan = WorldPlan> {
  readonly plan: P;
  readonly cluster: StandInCluster;
  /** True when pods use the machine's own psql, pg_dump and pg_restore. */
  readonly machinePrograms: boolean;
  close(): Promise<void>;
}

/** Somebody who acts by hand, outside of Handrail. */
export interface HandChange {
  /** A role, never a name. */
  readonly who: string;
  readonly what: string;
  /** Relative to the start of the scenario; negative: it was done before. */
  readonly atMinutes: number;
}

/** What can be looked at when a scenario is over. */
export interface Ending<P extends WorldPlan = WorldPlan> {
  readonly world: PlayedWorld<P>;
  /** The post-incident report, in Markdown. */
  readonly report: string;
  /** Loose ends that are still open, in words. */
  readonly left: readonly string[];
}

export interface EndCheck<P extends WorldPlan = WorldPlan> {
  readonly says: string;
  /** Undefined when it holds, else why not. */
  fails(ending: Ending<P>): string | undefined | Promise<string | undefined>;
}

export interface Scenario<P extends WorldPlan = WorldPlan, F = unknown> {
  readonly name: string;
  readonly title: string;
  /** Deterministic. */
  plan(seed: number): P;
  open(plan: P, options: OpenOptions): Promise<PlayedWorld<P>>;
  /** What is true in this world; for tests and end checks only: nothing of the product may ask. */
  facts(plan: P): F;
  /** What handrail.yaml would say about this world. */
  catalog(plan: P): Catalog;
  people(plan: P): readonly HandChange[];
  /** The person with access to the cluster; undefined: nobody is asked in this scenario. */
  readonly platformPerson?: {
    /** Words of a message that asks for that person. */
    readonly asked: RegExp;
    /** Said when the work begins. */
    readonly says: string;
    /** Resolves when it is done and the cluster has followed. */
    repair(world: PlayedWorld<P>): Promise<void>;
  };
  /** The scripted responder: plays it from the declaration to the report, which it gives. */
  play(script: Script<P>): Promise<string>;
  readonly ends: readonly EndCheck<P>[];
}

/** The world of a scenario for a seed. */
export function worldFor<P extends WorldPlan>(scenario: Scenario<P>, seed: number): P {
  return scenario.plan(seed);
}
