using System.Globalization;

namespace AgentMesh.Primitives.Audit;

/// <summary>A place in a chain: the number and hash of its record. Whoever keeps one can tell later that nothing up to it was changed or cut off.</summary>
/// <param name="Number">The record's number; 0: before the first one.</param>
/// <param name="Hash">Its hash.</param>
public readonly record struct AuditHead(long Number, string Hash)
{
    /// <summary>Of a chain without records.</summary>
    public static AuditHead Empty { get; } = new(0, AuditRecord.NoHash);

    /// <summary>Reads <c>NUMBER:HASH</c>.</summary>
    public static bool TryParse(string? text, out AuditHead head)
    {
        head = default;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0 || !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !AuditRecord.IsHash(text![(colon + 1)..]))
            return false;
        head = new AuditHead(number, text[(colon + 1)..]);
        return true;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}:{Hash}");
}
