using AgentMesh.Agents.ApiKeys;

namespace AgentMesh.Agents.Tests.ApiKeys;

/// <summary>Which keys a tenant has: how many, for how long, in which order.</summary>
public sealed class ApiKeyBookTests
{
    private static readonly DateTimeOffset Now = SampleApiKeys.Now;

    [Fact]
    public void Keys_AreInTheOrderTheyWereMade()
    {
        var change = ApiKeyBook.Empty.Create(null, SampleApiKeys.Of(2), Now).Value!;
        Assert.Equal(SampleApiKeys.Of(2), change.Key);
        change = change.Book!.Create(null, SampleApiKeys.Of(1, Now.AddDays(1)), Now).Value!;
        Assert.Equal([new ApiKeyEntry(SampleApiKeys.Id(2), null), new ApiKeyEntry(SampleApiKeys.Id(1), Now.AddDays(1))], change.Book!.All);
    }

    /// <summary>Of a request that comes again, when the key has ended since too.</summary>
    [Fact]
    public void Repeat_ChangesNothing_WhateverHasBecomeOfTheKey()
    {
        var key = SampleApiKeys.Of(1, Now.AddDays(1));
        var book = ApiKeyBook.Empty.Create(null, key, Now).Value!.Book!;
        var again = book.Create(key, key with { CreatedAt = Now.AddDays(2) }, Now.AddDays(2)).Value!;
        Assert.Equal((null, key), (again.Book, again.Key));
        var revoked = key with { RevokedAt = Now };
        Assert.Equal((null, revoked), (book.Create(revoked, key, Now).Value!.Book, book.Create(revoked, key, Now).Value!.Key));
    }

    [Fact]
    public void Id_IsOfOneRequest()
    {
        var key = SampleApiKeys.Of(1);
        ApiKeyRecord[] others =
        [
            key with { Salt = key.Hash }, key with { Hash = key.Salt }, key with { User = null }, key with { Scopes = ["user"] }, key with { Name = "ci" }, key with { ExpiresAt = Now.AddDays(1) },
        ];
        Assert.All(others, other => Assert.Equal("api_key_id_taken", ApiKeyBook.Empty.Create(key, other, Now).Refusal?.Code));
    }

    [Theory]
    [InlineData(-1, "invalid_api_key_request")]
    [InlineData(0, "invalid_api_key_request")]
    [InlineData(1, null)]
    public void Key_ExpiresLater(int milliseconds, string? code) =>
        Assert.Equal(code, ApiKeyBook.Empty.Create(null, SampleApiKeys.Of(1, Now.AddMilliseconds(milliseconds)), Now).Refusal?.Code);

    [Theory]
    [InlineData(ApiKeyLimits.Usable - 1, 0, null)]
    [InlineData(ApiKeyLimits.Usable, 0, "too_many_api_keys")]
    [InlineData(ApiKeyLimits.Usable - 1, 500, null)]
    [InlineData(ApiKeyLimits.Usable, 500, "too_many_api_keys")]
    public void Keys_HaveAnEnd_CountedWithoutThoseThatAreOver(int usable, int over, string? code) =>
        Assert.Equal(code, BookOf(Enumerable.Repeat<DateTimeOffset?>(Now, over).Concat(Enumerable.Repeat<DateTimeOffset?>(Now.AddMilliseconds(1), usable))).Create(null, SampleApiKeys.Key, Now).Refusal?.Code);

    [Fact]
    public void FullTenant_TellsARepeatWhatItWasTold()
    {
        var key = SampleApiKeys.Of(1);
        var book = BookOf(Enumerable.Repeat<DateTimeOffset?>(null, ApiKeyLimits.Usable));
        Assert.Equal(key, book.Create(key, key, Now).Value!.Key);
        Assert.Equal("api_key_id_taken", book.Create(key, key with { Name = "ci" }, Now).Refusal?.Code);
    }

    [Fact]
    public void RevokedKey_MakesRoom()
    {
        var book = BookOf(Enumerable.Repeat<DateTimeOffset?>(null, ApiKeyLimits.Usable));
        book = book.Revoke(SampleApiKeys.Of(7), Now).Value!.Book!;
        Assert.Equal(Now, book.All[7].EndsAt);
        Assert.False(book.Create(null, SampleApiKeys.Key, Now).IsRefused);
    }

    [Fact]
    public void Revoking_LeavesTheOthersAsTheyAre()
    {
        var book = BookOf([null, Now.AddDays(1), null]);
        var after = book.Revoke(SampleApiKeys.Of(1, Now.AddDays(1)), Now).Value!.Book!;
        Assert.Equal([book.All[0], book.All[1] with { EndsAt = Now }, book.All[2]], after.All);
        Assert.False(book.Equals(after));
        Assert.False(book.Equals(null));
        Assert.True(book.Equals(BookOf([null, Now.AddDays(1), null])));
    }

    [Fact]
    public void Revoking_IsOnce_AndOfAKeyThatHasExpiredToo()
    {
        var key = SampleApiKeys.Of(0, Now.AddDays(1));
        var book = BookOf([key.EndsAt]);
        var revoked = book.Revoke(key, Now.AddTicks(9)).Value!;
        Assert.Equal(Now, revoked.Key.RevokedAt);
        Assert.Equal(Now, revoked.Book!.All.Single().EndsAt);
        var again = revoked.Book.Revoke(revoked.Key, Now.AddHours(1)).Value!;
        Assert.Equal((null, revoked.Key), (again.Book, again.Key));
        var late = book.Revoke(key, Now.AddDays(2)).Value!;
        Assert.Equal(Now.AddDays(2), late.Key.RevokedAt);
        Assert.Equal(Now.AddDays(1), late.Book!.All.Single().EndsAt);
        Assert.Equal("api_key_not_found", book.Revoke(null, Now).Refusal?.Code);
    }

    /// <summary>How long ago a key has ended, in milliseconds more than it is kept.</summary>
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void KeyThatIsOver_IsKeptFor30Days(int milliseconds, bool isPruned)
    {
        var ended = Now - ApiKeyLimits.KeptFor - TimeSpan.FromMilliseconds(milliseconds);
        var change = BookOf([null, ended, Now.AddDays(1)]).Create(null, SampleApiKeys.Key, Now).Value!;
        string[] pruned = isPruned ? [SampleApiKeys.Id(1)] : [];
        Assert.Equal(pruned, change.Pruned);
        string[] all = [SampleApiKeys.Id(0), SampleApiKeys.Id(1), SampleApiKeys.Id(2), SampleApiKeys.Key.Id];
        Assert.Equal(all.Except(pruned), change.Book!.All.Select(entry => entry.Id));
    }

    /// <summary>Each key has ended a second after the one before it, all of them just now.</summary>
    [Theory]
    [InlineData(ApiKeyLimits.Kept - 1, 0)]
    [InlineData(ApiKeyLimits.Kept, 1)]
    public void KeysThatAreKept_HaveAnEnd_AndTheFirstThatEndedGoes(int keys, int pruned)
    {
        var change = BookOf(Enumerable.Range(1, keys).Reverse().Select(n => (DateTimeOffset?)Now.AddSeconds(-keys - 1 + n))).Create(null, SampleApiKeys.Key, Now).Value!;
        Assert.Equal(Enumerable.Repeat(SampleApiKeys.Id(keys - 1), pruned), change.Pruned);
        Assert.Equal(ApiKeyLimits.Kept, change.Book!.All.Length);
    }

    [Fact]
    public void WithAsManyUsableKeysAsThereMayBe_NoneOfThemIsPruned()
    {
        var all = Enumerable.Repeat<DateTimeOffset?>(null, ApiKeyLimits.Usable - 1).Concat(Enumerable.Repeat<DateTimeOffset?>(Now, ApiKeyLimits.Kept - ApiKeyLimits.Usable + 1));
        var change = BookOf(all).Create(null, SampleApiKeys.Key, Now).Value!;
        Assert.Equal([SampleApiKeys.Id(ApiKeyLimits.Usable - 1)], change.Pruned);
        Assert.Equal(ApiKeyLimits.Usable, change.Book!.All.Count(entry => entry.EndsAt != Now));
    }

    [Theory]
    [InlineData(ApiKeyLimits.PrunedAtOnce - 1, ApiKeyLimits.PrunedAtOnce - 1)]
    [InlineData(ApiKeyLimits.PrunedAtOnce, ApiKeyLimits.PrunedAtOnce)]
    [InlineData(ApiKeyLimits.PrunedAtOnce + 1, ApiKeyLimits.PrunedAtOnce)]
    public void Pruning_GoesInParts(int old, int pruned) => Assert.Equal(
        pruned, BookOf(Enumerable.Repeat<DateTimeOffset?>(Now - ApiKeyLimits.KeptFor, old)).Create(null, SampleApiKeys.Key, Now).Value!.Pruned.Length);

    [Fact]
    public void List_IsNewestFirst_InParts()
    {
        var book = BookOf([null, Now, null, null, null]);
        var first = book.Page(null, 2).Value!;
        Assert.Equal([SampleApiKeys.Id(4), SampleApiKeys.Id(3)], first.Ids);
        // A key that is made meanwhile moves nothing.
        book = book.Create(null, SampleApiKeys.Key, Now).Value!.Book!;
        var second = book.Page(first.Next, 2).Value!;
        Assert.Equal([SampleApiKeys.Id(2), SampleApiKeys.Id(1)], second.Ids);
        var third = book.Page(second.Next, 2).Value!;
        Assert.Equal([SampleApiKeys.Id(0)], third.Ids);
        Assert.Null(third.Next);
        Assert.Null(book.Page(first.Next, 3).Value!.Next);
        Assert.Empty(book.Page(SampleApiKeys.Id(0), 2).Value!.Ids);
        Assert.Empty(ApiKeyBook.Empty.Page(null, 2).Value!.Ids);
        Assert.Equal("invalid_cursor", book.Page(SampleApiKeys.Id(9), 2).Refusal?.Code);
    }

    [Theory]
    [InlineData(0, "invalid_limit")]
    [InlineData(1, null)]
    [InlineData(ApiKeyLimits.ListLength, null)]
    [InlineData(ApiKeyLimits.ListLength + 1, "invalid_limit")]
    public void List_HasAnEnd(int limit, string? code) => Assert.Equal(code, BookOf([null]).Page(null, limit).Refusal?.Code);

    [Fact]
    public void StateKeys_AreTheApprovedOnes() => Assert.Equal(("keys", "key-aebagbafaydqq"), (ApiKeyStateKeys.Book, ApiKeyStateKeys.Key("aebagbafaydqq")));

    private static ApiKeyBook BookOf(IEnumerable<DateTimeOffset?> ends) => new([.. ends.Select((end, n) => new ApiKeyEntry(SampleApiKeys.Id(n), end))]);
}
