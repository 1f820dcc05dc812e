using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Purchases;

/// <summary>
/// Which purchases an agent has: those that somebody looks after, and those that are known by their keys for a while. State key <c>purchases</c>; not
/// there before the first one. The head knows when the next one is due.
/// </summary>
/// <param name="Open">Those with a due time, in the order they were begun.</param>
/// <param name="Kept">The others, in the order they were over.</param>
public sealed record PurchaseBook(ImmutableArray<OpenPurchase> Open, ImmutableArray<KeptPurchase> Kept)
{
    /// <summary>No purchase.</summary>
    public static PurchaseBook Empty { get; } = new([], []);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.PurchaseBook;

    /// <summary>When the next one is due; null: none is.</summary>
    public DateTimeOffset? Next() => Open.IsEmpty ? null : Open.Min(purchase => purchase.Due);

    /// <summary>The one that is the longest due; null when none is.</summary>
    public string? FirstDue(DateTimeOffset now) => Open.Where(purchase => purchase.Due <= now).MinBy(purchase => purchase.Due)?.Id;

    /// <summary>All of them.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Ids => [.. Open.Select(purchase => purchase.Id), .. Kept.Select(purchase => purchase.Id)];

    /// <summary>Without some.</summary>
    public PurchaseBook Without(IReadOnlyCollection<string> ids) =>
        this with { Open = Open.RemoveAll(purchase => ids.Contains(purchase.Id)), Kept = Kept.RemoveAll(purchase => ids.Contains(purchase.Id)) };

    /// <summary>Whether another one may be begun.</summary>
    [JsonIgnore]
    public bool HasRoom => Open.Length < PurchaseLimits.Open && Open.Length + Kept.Length < PurchaseLimits.Kept;

    /// <summary>With a purchase as it is now.</summary>
    public PurchaseBook With(StoredPurchase purchase)
    {
        var open = Open.RemoveAll(other => other.Id == purchase.Id);
        var kept = Kept.RemoveAll(other => other.Id == purchase.Id);
        if (purchase.Due is { } due)
        {
            var place = Open.Select(other => other.Id).ToImmutableArray().IndexOf(purchase.Id);
            return this with { Open = open.Insert(place < 0 ? open.Length : place, new OpenPurchase(purchase.Id, due)), Kept = kept };
        }

        var life = purchase.Request.HasKey ? PurchaseLimits.KeyLife : PurchaseLimits.KeylessLife;
        return this with { Open = open, Kept = kept.Add(new KeptPurchase(purchase.Id, purchase.UpdatedAt + life, purchase.Answer?.Bytes ?? 0, purchase.Request.Turn)) };
    }

    /// <summary>
    /// Without those whose time is over, and without the oldest answers when all of them are too much: what to remove. A turn that is paused may go on
    /// after weeks, with another run that asks for the same: what it has bought is known until it is over.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="openTurns">The turns that are not over.</param>
    public PurchasePruning Prune(DateTimeOffset now, IReadOnlyCollection<string> openTurns)
    {
        ArgumentNullException.ThrowIfNull(openTurns);
        var over = Kept.Where(purchase => purchase.Until <= now && !openTurns.Contains(purchase.Turn)).Take(PurchaseLimits.RemovedAtOnce).ToArray();
        var kept = Kept.RemoveRange(over);
        var bytes = kept.Sum(purchase => (long)purchase.AnswerBytes);
        var answers = ImmutableArray.CreateBuilder<string>();
        for (var at = 0; bytes > PurchaseLimits.KeptBytes && at < kept.Length; at++)
        {
            if (kept[at].AnswerBytes == 0)
                continue;
            bytes -= kept[at].AnswerBytes;
            answers.Add(kept[at].Id);
            kept = kept.SetItem(at, kept[at] with { AnswerBytes = 0 });
        }

        return new PurchasePruning(this with { Kept = kept }, [.. over.Select(purchase => purchase.Id)], answers.ToImmutable());
    }
}

/// <summary>A purchase that somebody looks after.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Due">When.</param>
public sealed record OpenPurchase(string Id, DateTimeOffset Due);

/// <summary>A purchase that nobody has to look after.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Until">How long it is known.</param>
/// <param name="AnswerBytes">Bytes of its answer; 0: there is none, or it is not kept any more.</param>
/// <param name="Turn">The turn it was bought in, for which it is known as long as that is open; null: in none.</param>
public sealed record KeptPurchase(string Id, DateTimeOffset Until, int AnswerBytes, string? Turn);

/// <summary>What is removed from an agent's purchases.</summary>
/// <param name="Book">What stays.</param>
/// <param name="Purchases">Those that are forgotten, answers and all.</param>
/// <param name="Answers">Those whose answers only are not kept any more.</param>
public sealed record PurchasePruning(PurchaseBook Book, ImmutableArray<string> Purchases, ImmutableArray<string> Answers);
