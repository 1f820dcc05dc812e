using System.Collections.Immutable;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.ApiKeys;

/// <summary>
/// Which API keys a tenant has, and until when: what has to be known to make one without reading all of them. State key <c>keys</c>; not there before the
/// first one. Stored in one transaction with the keys' own records.
/// </summary>
/// <param name="All">In the order they were made; at most <see cref="ApiKeyLimits.Kept"/>.</param>
public sealed record ApiKeyBook(ImmutableArray<ApiKeyEntry> All)
{
    /// <summary>No keys.</summary>
    public static ApiKeyBook Empty { get; } = new([]);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.ApiKeyBook;

    /// <summary>Makes a key. Its id makes a repeat the same request, also when the key has been revoked or has expired since.</summary>
    /// <param name="earlier">The record of its id; null: there is none.</param>
    /// <param name="key">The key.</param>
    /// <param name="now">The time.</param>
    /// <returns>The change. Refused with <c>invalid_api_key_request</c>, <c>api_key_id_taken</c> or <c>too_many_api_keys</c>.</returns>
    public Result<ApiKeyChange> Create(ApiKeyRecord? earlier, ApiKeyRecord key, DateTimeOffset now)
    {
        if (earlier is not null && earlier.IsAskedForAs(key))
            return new ApiKeyChange(null, earlier, []);
        if (key.ExpiresAt <= now)
            return ApiKeyRefusals.Invalid("it would have expired already");
        if (earlier is not null)
            return ApiKeyRefusals.IdTaken;
        if (All.Count(entry => !entry.IsOver(now)) >= ApiKeyLimits.Usable)
            return ApiKeyRefusals.TooMany;
        var pruned = FindPrunable(now);
        return new ApiKeyChange(this with { All = [.. All.Except(pruned), new ApiKeyEntry(key.Id, key.EndsAt)] }, key, [.. pruned.Select(entry => entry.Id)]);
    }

    /// <summary>Revokes a key. A repeat changes nothing.</summary>
    /// <param name="key">Its record; null: there is none.</param>
    /// <param name="now">The time.</param>
    /// <returns>The change. Refused with <c>api_key_not_found</c>.</returns>
    public Result<ApiKeyChange> Revoke(ApiKeyRecord? key, DateTimeOffset now)
    {
        if (key is null)
            return ApiKeyRefusals.NotFound;
        if (key.RevokedAt is not null)
            return new ApiKeyChange(null, key, []);
        var revoked = key with { RevokedAt = now.WholeMilliseconds() };
        return new ApiKeyChange(this with { All = [.. All.Select(entry => entry.Id == key.Id ? entry with { EndsAt = revoked.EndsAt } : entry)] }, revoked, []);
    }

    /// <summary>A part of the list, newest first.</summary>
    /// <param name="after">The last key of the part before; null: from the newest on.</param>
    /// <param name="limit">How many.</param>
    /// <returns>The ids. Refused with <c>invalid_limit</c> or <c>invalid_cursor</c>.</returns>
    public Result<ApiKeyIds> Page(string? after, int limit)
    {
        if (limit is < 1 or > ApiKeyLimits.ListLength)
            return ApiKeyRefusals.InvalidLimit;
        var rest = after is null ? All.Length : All.TakeWhile(entry => entry.Id != after).Count();
        if (after is not null && rest == All.Length)
            return ApiKeyRefusals.InvalidCursor;
        var first = Math.Max(0, rest - limit);
        ImmutableArray<string> ids = [.. All.Take(rest).Skip(first).Reverse().Select(entry => entry.Id)];
        return new ApiKeyIds(ids, first > 0 ? ids[^1] : null);
    }

    /// <inheritdoc/>
    public bool Equals(ApiKeyBook? other) => other is not null && All.SequenceEqual(other.All);

    /// <inheritdoc/>
    public override int GetHashCode() => All.Length;

    /// <summary>What goes for a new key: what ended long ago, and while there is no room what ended first. Never a key that is not over.</summary>
    private ImmutableArray<ApiKeyEntry> FindPrunable(DateTimeOffset now)
    {
        var noRoom = All.Length + 1 - ApiKeyLimits.Kept;
        return
        [
            .. All.Where(entry => entry.IsOver(now)).OrderBy(entry => entry.EndsAt)
                .TakeWhile((entry, place) => place < noRoom || entry.EndsAt + ApiKeyLimits.KeptFor <= now)
                .Take(ApiKeyLimits.PrunedAtOnce),
        ];
    }
}

/// <summary>A key in the book.</summary>
/// <param name="Id">Which.</param>
/// <param name="EndsAt">When it was or will be over; null: never.</param>
public sealed record ApiKeyEntry(string Id, DateTimeOffset? EndsAt)
{
    /// <summary>True from the moment on at which it ends.</summary>
    internal bool IsOver(DateTimeOffset now) => EndsAt <= now;
}

/// <summary>Records to store, in one transaction.</summary>
/// <param name="Book">The book; null: nothing has changed.</param>
/// <param name="Key">The key.</param>
/// <param name="Pruned">Ids of keys whose records go.</param>
public sealed record ApiKeyChange(ApiKeyBook? Book, ApiKeyRecord Key, ImmutableArray<string> Pruned);

/// <summary>A part of the list.</summary>
/// <param name="Ids">Newest first.</param>
/// <param name="Next">Where to go on; null: the list is over.</param>
public sealed record ApiKeyIds(ImmutableArray<string> Ids, string? Next);
