import { hasBegun } from '../../runs/folder.js';
import type { NewRun, StoppedRun } from '../../runs/run-plan.js';
import { newRun } from '../../runs/run-plan.js';
import { type Definitions, loadDefinitions } from './definitions.js';
import { SweepFolder } from './folder.js';
import { inputsOf, methodsOf, withDefinitions } from './methods.js';
import { isOver, type Planning, planSweep, runsOf, type SweepPlan } from './plan.js';
import { partsOf, planRequest, type SweepRequest } from './spec.js';
import type { SweepRun } from './types.js';

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
    return planSweep(this.planning, (name) => this.folder.known(name));
  }

  /** The runs that are known and not over. */
  missing(): SweepRun[] {
    return runsOf(this.plan()).filter((run) => !isOver(run, this.folder.known(run.name)));
  }

  /** Whether there is something of a run to go on with. */
  hasBegun({ name }: SweepRun): boolean {
    return hasBegun(this.folder.runFolder(name));
  }

  /** Looks whether a run is over. */
  async isOver(run: SweepRun): Promise<boolean> {
    return isOver(run, await this.folder.look(run.name));
  }

  /**
   * A run as its folder has it: to be begun, or to be resumed.
   * @throws {ClTorchError} CONFIG_INVALID for a setting that a search came to and no run can have.
   */
  executable({ name, input }: SweepRun): NewRun | StoppedRun {
    const out = this.folder.runFolder(name);
    const run = newRun(withDefinitions({ ...input, out }, this.#definitions));
    if (!hasBegun(out)) return run;
    const { strategy, benchmark, config, machine } = run;
    return { state: 'stopped', folder: out, strategy, benchmark, config, machine };
  }
}
