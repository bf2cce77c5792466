/** A file that the catalog can download. */
export interface RemoteFile {
  /** The name under which it is cached, and looked for in a mirror. */
  readonly file: string;
  /** Where it is downloaded from. */
  readonly url: string;
  /** Its length. A download of another length is refused. */
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** For an archive: the path inside it of the text wanted. */
  readonly member?: string;
}

/** A file that ships with the package, under `data/` in its repository. */
export interface EmbeddedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What the catalog says of every data set. */
export interface Attribution {
  /** Its name for readers, such as 'Moby-Dick; or, The Whale'. */
  readonly title: string;
  /** Under what license or rights it may be used; show it to users. */
  readonly rights: string;
  /** Where the file comes from. */
  readonly source: string;
}
