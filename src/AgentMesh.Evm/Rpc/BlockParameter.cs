using System.Globalization;

namespace AgentMesh.Evm.Rpc;

/// <summary>The block at whose end the state is read.</summary>
public readonly record struct BlockParameter
{
    private readonly string? _text;

    private BlockParameter(string text) => _text = text;

    /// <summary>The newest block. It may be replaced.</summary>
    public static BlockParameter Latest { get; } = new("latest");

    /// <summary>The newest block and what waits to be in the next.</summary>
    public static BlockParameter Pending { get; } = new("pending");

    /// <summary>The newest block that is unlikely to be replaced.</summary>
    public static BlockParameter Safe { get; } = new("safe");

    /// <summary>The newest block that is not replaced.</summary>
    public static BlockParameter Finalized { get; } = new("finalized");

    /// <summary>The block of this number.</summary>
    public static BlockParameter Of(ulong number) => new(string.Create(CultureInfo.InvariantCulture, $"0x{number:x}"));

    /// <summary>The text for the wire; the newest block when nothing was chosen.</summary>
    public override string ToString() => _text ?? Latest.ToString();
}
