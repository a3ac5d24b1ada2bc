// Names in place of numbers: the numbers depend on the folder in which one builds, and the built files are compared.
module.exports = { optimization: { moduleIds: "named" } };
