namespace AgentMesh.Testing.ModelServer;

/// <summary>What goes wrong in a stream.</summary>
public enum ModelFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection breaks.</summary>
    Cut,

    /// <summary>The stream ends in good order, without a finish.</summary>
    Close,

    /// <summary>A chunk is no JSON.</summary>
    Malformed,

    /// <summary>The provider's own error event: overloaded.</summary>
    Error,

    /// <summary>Nothing more comes.</summary>
    Hang,
}
