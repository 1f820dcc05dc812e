namespace AgentMesh.Sidecar.State;

/// <summary>
/// The store could not do what was asked: disk full, I/O error, connection lost, a value over the store's limit. For a write
/// nothing was acknowledged. The message names keys and files, never values.
/// </summary>
internal sealed class StateStoreException(string message, Exception? innerException = null) : Exception(message, innerException);
