namespace AgentMesh.ActorHost.Responders;

/// <summary>
/// One row of the price table. A list with names inside, and not a map by name: names as <c>llama3.2:1b</c> cannot be keys of
/// .NET configuration.
/// </summary>
internal sealed class ModelPriceOptions
{
    /// <summary>The model, as in <see cref="ResponderOptions.Model"/>.</summary>
    public string? Model { get; set; }

    /// <summary>USD for a million tokens that the model reads: a decimal string with at most 6 decimals, as <c>0.15</c>.</summary>
    public string? Input { get; set; }

    /// <summary>USD for a million tokens that the model writes, in the same form.</summary>
    public string? Output { get; set; }
}
