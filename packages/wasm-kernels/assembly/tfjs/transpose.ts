// Matrices turned over.

/** target [columns, rows] = the transpose of source [rows, columns]; both without gaps. */
export function transpose(source: usize, target: usize, rows: i32, columns: i32): void {
  const sourceRow = <usize>columns << 2;
  const targetRow = <usize>rows << 2;
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    const from = source + sourceRow * i;
    const to = target + (<usize>i << 2);
    let j = 0;
    for (; j + 4 <= columns; j += 4) block(from + (<usize>j << 2), sourceRow, to + targetRow * j, targetRow);
    for (; j < columns; j++) {
      for (let r: usize = 0; r < 4; r++) {
        store<f32>(to + targetRow * j + (r << 2), load<f32>(from + sourceRow * r + (<usize>j << 2)));
      }
    }
  }
  for (; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = load<f32>(source + sourceRow * i + (<usize>j << 2));
      store<f32>(target + targetRow * j + (<usize>i << 2), value);
    }
  }
}

/** Four by four. */
// @ts-ignore: decorator
@inline
function block(source: usize, sourceRow: usize, target: usize, targetRow: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + sourceRow);
  const c = v128.load(source + sourceRow * 2);
  const d = v128.load(source + sourceRow * 3);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f64>(ab0, cd0, 0, 2));
  v128.store(target + targetRow, v128.shuffle<f64>(ab0, cd0, 1, 3));
  v128.store(target + targetRow * 2, v128.shuffle<f64>(ab1, cd1, 0, 2));
  v128.store(target + targetRow * 3, v128.shuffle<f64>(ab1, cd1, 1, 3));
}
