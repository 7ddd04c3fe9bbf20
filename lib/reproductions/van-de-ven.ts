/** The paper of the tables of van de Ven and Tolias. */
export const VAN_DE_VEN_SOURCE: string =
  'G. M. van de Ven, A. S. Tolias, Generative replay with feedback connections as a general strategy for continual ' +
  'learning, arXiv:1809.10635';
