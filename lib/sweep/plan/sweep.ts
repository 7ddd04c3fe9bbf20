import { isDeepStrictEqual } from 'node:util';
import { hasBegun } from '../../runs/folder.js';
import type { NewRun, StoppedRun } from '../../runs/run-plan.js';
import { newRun } from '../../runs/run-plan.js';
import type { Setting } from '../../search/space.js';
import { type Definitions, loadDefinitions } from './definitions.js';
import { type KnownRun, SweepFolder } from './folder.js';
import { inputsOf, methodsOf, partsOfKey, withDefinitions } from './methods.js';
import { isOver, type Planning, planSweep, runsOf, type SweepPlan } from './plan.js';
import { partsOf, planRequest, type SweepRequest } from './spec.js';
import type { SweepRun } from './types.js';

/** Options that a configuration writes otherwise than they were given. */
const RENAMED: readonly string[] = ['network', 'weights'];

/** A sweep in its folder. */
export class Sweep {
  readonly folder: SweepFolder;
  readonly planning: Planning;
  readonly #definitions: Definitions;

  private constructor(folder: SweepFolder, planning: Planning, definitions: Definitions) {
    this.folder = folder;
    this.planning = planning;
    this.#definitions = definitions;
  }

  /**
   * The sweep that is asked for, in a folder in which nothing is written yet; {@link begin} does.
   * @throws {ClTorchError} CONFIG_INVALID, before any work.
   */
  static async planned(request: SweepRequest, path: string): Promise<Sweep> {
    const definitions = await loadDefinitions(partsOf(request));
    return new Sweep(new SweepFolder(path), planRequest(request, definitions), definitions);
  }

  /**
   * The sweep that a folder holds.
   * @throws {ClTorchError} FILE_NOT_FOUND, FILE_DAMAGED or FILE_TOO_NEW; CONFIG_INVALID when its own definitions are gone.
   */
  static async open(path: string): Promise<Sweep> {
    const folder = new SweepFolder(path);
    const spec = await folder.readSpec();
    const definitions = await loadDefinitions(spec);
    const planning = {
      spec,
      methods: methodsOf(spec, definitions),
      inputOf: inputsOf(spec, definitions),
    };
    return new Sweep(folder, planning, definitions);
  }

  /** Writes down what is asked for. Throws CONFIG_INVALID where the folder holds another sweep. */
  async begin(): Promise<void> {
    await this.folder.begin(this.planning.spec);
  }

  /** The plan by what is known now; {@link SweepFolder.refresh} looks anew. */
  plan(): SweepPlan {
    return planSweep(this.planning, (run) => this.known(run));
  }

  /** Of the runs that are known those that are not over. */
  missing(plan: SweepPlan = this.plan()): SweepRun[] {
    return runsOf(plan).filter((run) => !isOver(run, this.known(run)));
  }

  /** Whether there is something of a run to go on with. */
  hasBegun({ name }: SweepRun): boolean {
    return hasBegun(this.folder.runFolder(name));
  }

  /** Looks whether a run is over. */
  async isOver(run: SweepRun): Promise<boolean> {
    await this.folder.look(run.name);
    return isOver(run, this.known(run));
  }

  /** What was seen of a run last; undefined where its folder holds one with another setting, from before the search knew more. */
  known(run: SweepRun): KnownRun | undefined {
    const known = this.folder.known(run.name);
    return known && this.#isOf(run, known) ? known : undefined;
  }

  #isOf({ input }: Pick<SweepRun, 'input'>, { result, failure }: KnownRun): boolean {
    const there: Setting | undefined = result ? { ...result.config } : failure?.input;
    if (there === undefined) return true;
    return Object.keys(this.planning.spec.settings)
      .map((key) => partsOfKey(key)[1])
      .filter((key) => !RENAMED.includes(key) && Object.hasOwn(input, key) && Object.hasOwn(there, key))
      .every((key) => isDeepStrictEqual(there[key], input[key]));
  }

  /**
   * A run as its folder has it: to be begun, or to be resumed.
   * @throws {ClTorchError} CONFIG_INVALID for a setting that a search came to and no run can have.
   */
  executable({ name, input }: SweepRun): NewRun | StoppedRun {
    const out = this.folder.runFolder(name);
    const run = newRun(withDefinitions({ ...input, out }, this.#definitions));
    if (!hasBegun(out)) return run;
    const there = this.folder.known(name);
    if (there && !this.#isOf({ input }, there)) return { ...run, overwrite: true };
    const { strategy, benchmark, config, machine } = run;
    return { state: 'stopped', folder: out, strategy, benchmark, config, machine };
  }
}
