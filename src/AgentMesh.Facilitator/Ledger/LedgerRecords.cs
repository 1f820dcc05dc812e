using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.Facilitator.Ledger;

/// <summary>The end of a network's journal. Writing it is the commit of all that it holds.</summary>
/// <param name="Version">Of the record's form: 1.</param>
/// <param name="Block">Number of the last transaction, which is alone in its block. 0: none yet.</param>
/// <param name="Writes">What the last transaction changes. It is true from now on, and is copied to its own keys with the next one.</param>
internal sealed record LedgerHead(int Version, long Block, IReadOnlyList<LedgerWrite> Writes);

/// <summary>A record that a transaction changes.</summary>
/// <param name="Key">Which.</param>
/// <param name="Value">Its new value.</param>
/// <param name="IsOnce">Whether it is written by one transaction only, and so never over anything newer.</param>
internal sealed record LedgerWrite(string Key, JsonElement Value, bool IsOnce);

/// <summary>What an account has of a token.</summary>
/// <param name="Amount">Atomic units.</param>
/// <param name="Block">The last transaction that changed it; 0: none has.</param>
internal sealed record BalanceRecord(string Amount, long Block);

/// <summary>A used nonce.</summary>
/// <param name="Digest">What was signed.</param>
/// <param name="Transaction">Hash of the transaction that used it.</param>
internal sealed record AuthorizationRecord(string Digest, string Transaction);

/// <summary>A transaction: tokens that moved, or came from nowhere.</summary>
/// <param name="Version">Of the record's form: 1.</param>
/// <param name="Block">Number of its block.</param>
/// <param name="At">The block's time, whole seconds.</param>
/// <param name="Token">The contract.</param>
/// <param name="From">Who paid; the zero address for the faucet.</param>
/// <param name="To">Who got it.</param>
/// <param name="Value">Atomic units.</param>
/// <param name="Nonce">Of the authorization; null for the faucet.</param>
internal sealed record TransactionRecord(int Version, long Block, DateTimeOffset At, string Token, string From, string To, string Value, string? Nonce);

/// <summary>A block.</summary>
/// <param name="Transaction">Hash of the transaction that is alone in it.</param>
internal sealed record BlockRecord(string Transaction);

/// <summary>A call of the faucet that came with an idempotency key.</summary>
/// <param name="Token">The contract.</param>
/// <param name="To">Who got it.</param>
/// <param name="Value">Atomic units.</param>
/// <param name="Transaction">Hash of its transaction.</param>
internal sealed record GiftRecord(string Token, string To, string Value, string Transaction);

/// <summary>A record as the bulk read of Dapr's state API gives it.</summary>
internal sealed record BulkItem(string Key, JsonElement? Data, [property: JsonPropertyName("etag")] string? ETag, string? Error);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LedgerHead))]
[JsonSerializable(typeof(BalanceRecord))]
[JsonSerializable(typeof(AuthorizationRecord))]
[JsonSerializable(typeof(TransactionRecord))]
[JsonSerializable(typeof(BlockRecord))]
[JsonSerializable(typeof(GiftRecord))]
[JsonSerializable(typeof(List<BulkItem>))]
internal sealed partial class LedgerJson : JsonSerializerContext;
