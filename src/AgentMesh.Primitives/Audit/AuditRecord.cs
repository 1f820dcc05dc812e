using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Primitives.Audit;

/// <summary>
/// One record of a tenant's audit chain: that an admin action is about to be done, or what came of one. Its hash covers all of it, the tenant and the hash
/// of the record before. The canonical form is documented in <c>docs/audit.md</c>, and never changed: a new form gets another first line.
/// </summary>
/// <param name="Number">Its place, from 1 on.</param>
/// <param name="At">When it was written, to the millisecond.</param>
/// <param name="Caller">Who asked: a user, a key's id, or the operator's first key; never a secret.</param>
/// <param name="Action">What for, a name that stays the same.</param>
/// <param name="Target">What of, in the words of the route.</param>
/// <param name="RequestId">The request's id: its intent and its outcome have the same.</param>
/// <param name="Intent">Of an outcome, the number of its intent; null: this is an intent.</param>
/// <param name="Outcome">Of an outcome, the status or the refusal's code; null: this is an intent.</param>
/// <param name="Previous">Hash of the record before, or <see cref="NoHash"/>.</param>
/// <param name="Hash">Hash of this one, 64 lower-case hexadecimal digits.</param>
public sealed record AuditRecord(
    long Number, DateTimeOffset At, string Caller, string Action, string Target, string RequestId, long? Intent, string? Outcome, string Previous, string Hash)
{
    /// <summary>Longest text of a member, in characters, all of which are ASCII that is seen.</summary>
    public const int TextCharacters = 200;

    /// <summary>First line of the canonical form.</summary>
    private const string Form = "agentmesh-audit-1";

    /// <summary>A line for a member that is not there.</summary>
    private const string None = "-";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>What stands for the hash before the first record.</summary>
    public static string NoHash { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Whether every member may stand there. Other texts could make one canonical form of two records.</summary>
    internal bool IsWellFormed =>
        IsText(Caller) && IsText(Action) && IsText(Target) && IsText(RequestId) && IsHash(Previous) && IsHash(Hash)
        && (Intent is null ? Outcome is null : Intent > 0 && Intent < Number && IsText(Outcome));

    /// <summary>The time as it stands in the canonical form: ISO 8601 in UTC, to the millisecond.</summary>
    public string FormatTime() => At.ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Whether a text may stand in a record: 1 to <see cref="TextCharacters"/> characters of ASCII, from '!' to '~', and not "-" alone.</summary>
    public static bool IsText(string? text) => text is { Length: > 0 and <= TextCharacters } and not None && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Reads a time as <see cref="FormatTime"/> writes it.</summary>
    public static bool TryParseTime(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    /// <summary>The bytes that are hashed: twelve lines of ASCII with a line feed between.</summary>
    /// <param name="tenant">Whose chain.</param>
    public byte[] ToCanonical(TenantId tenant) => Encoding.ASCII.GetBytes(string.Join(
        '\n',
        Form, tenant, Number.ToString(CultureInfo.InvariantCulture), Previous, FormatTime(), Caller, Action, Target, RequestId,
        Intent is null ? "intent" : "outcome", Intent?.ToString(CultureInfo.InvariantCulture) ?? None, Outcome ?? None));

    /// <summary>This record with the hash that it has to have.</summary>
    /// <param name="tenant">Whose chain.</param>
    public AuditRecord Sealed(TenantId tenant) => this with { Hash = Convert.ToHexStringLower(SHA256.HashData(ToCanonical(tenant))) };

    /// <summary>Whether a text is a hash as it is written here.</summary>
    public static bool IsHash(string? text) => text?.Length == 2 * SHA256.HashSizeInBytes && !text.AsSpan().ContainsAnyExcept(Digits);
}
