/// The slots that types of a hierarchy may have: those of the extension's slots.h.
public enum Slots {
  static let binary = [
    "add", "subtract", "multiply", "remainder", "lshift", "rshift", "and", "xor", "or", "floor_divide", "true_divide",
    "matrix_multiply", "power",
  ]
  static let unary = ["negative", "positive", "absolute", "invert", "int", "index", "float", "bool"].map { "nb_\($0)" }
  static let number = binary.map { "nb_\($0)" } + ["nb_divmod"]
  static let inPlace = binary.map { "nb_inplace_\($0)" }
  static let sequence = [
    "length", "item", "ass_item", "contains", "concat", "repeat", "inplace_concat", "inplace_repeat",
  ].map { "sq_\($0)" }
  static let mapping = ["length", "subscript", "ass_subscript"].map { "mp_\($0)" }
  static let object = ["repr", "str", "hash", "richcompare", "call"].map { "tp_\($0)" }
  static let attributes = ["getattro", "setattro", "descr_get", "descr_set"].map { "tp_\($0)" }
  static let iteration = ["tp_iter", "tp_iternext", "am_await", "am_aiter", "am_anext"]
  static let buffer = ["bf_getbuffer", "bf_releasebuffer"]
  /// How objects come and go.
  static let life = ["tp_new", "tp_init", "tp_finalize"]

  /// Slots that have something to do with each other, and are drawn together.
  static let groups = [unary, number, inPlace, sequence, mapping, object, attributes, iteration, buffer, life]

  public static let all = groups.flatMap { $0 }

  /// Those whose function may answer NotImplemented (Python/C API, "Number Object Structures"; tp_richcompare).
  public static func mayDecline(_ slot: String) -> Bool {
    number.contains(slot) || inPlace.contains(slot) || slot == "tp_richcompare"
  }
}
