namespace AgentMesh.X402.Wire;

/// <summary>
/// Why a payment is not taken, as it is said on the wire: the words of specification 9, and those of the official SDK where the
/// specification has none. Others say other words: an open set, to be passed on. In the order in which they are looked for.
/// </summary>
public static class X402Reasons
{
    /// <summary>There is no payment. Not of the specification, which has a sentence.</summary>
    public const string PaymentRequired = "payment_required";

    /// <summary>The protocol's version is not spoken, or not the one of the header or of the requirements.</summary>
    public const string InvalidX402Version = "invalid_x402_version";

    /// <summary>The payment cannot be read, or contradicts itself.</summary>
    public const string InvalidPayload = "invalid_payload";

    /// <summary>What was asked for cannot be read, or is no way to pay.</summary>
    public const string InvalidPaymentRequirements = "invalid_payment_requirements";

    /// <summary>The payment is for none of the offered requirements. Not of the specification; the official server has a sentence.</summary>
    public const string NoMatchingPaymentRequirements = "no_matching_payment_requirements";

    /// <summary>The payment says that it is for another resource. Not of the specification.</summary>
    public const string ResourceMismatch = "resource_mismatch";

    /// <summary>A client changed what the server said of an extension (SDK).</summary>
    public const string ExtensionEchoMismatch = "extension_echo_mismatch";

    /// <summary>The scheme is not <c>exact</c>.</summary>
    public const string UnsupportedScheme = "unsupported_scheme";

    /// <summary>The network is none that is known, or not the one asked for.</summary>
    public const string InvalidNetwork = "invalid_network";

    /// <summary>The payment is none by EIP-3009, or signed in a way that only its chain can judge (SDK).</summary>
    public const string UnsupportedPayloadType = "unsupported_payload_type";

    /// <summary>The requirements have no domain of the token (SDK).</summary>
    public const string MissingEip712Domain = "invalid_exact_evm_missing_eip712_domain";

    /// <summary>The domain's name is not the token's (SDK).</summary>
    public const string TokenNameMismatch = "invalid_exact_evm_token_name_mismatch";

    /// <summary>The domain's version is not the token's (SDK).</summary>
    public const string TokenVersionMismatch = "invalid_exact_evm_token_version_mismatch";

    /// <summary>Somebody else would be paid.</summary>
    public const string RecipientMismatch = "invalid_exact_evm_payload_recipient_mismatch";

    /// <summary>More or less would be paid; version 2.</summary>
    public const string AuthorizationValueMismatch = "invalid_exact_evm_payload_authorization_value_mismatch";

    /// <summary>More or less would be paid; version 1.</summary>
    public const string AuthorizationValue = "invalid_exact_evm_payload_authorization_value";

    /// <summary>The authorization has expired, or is about to.</summary>
    public const string AuthorizationValidBefore = "invalid_exact_evm_payload_authorization_valid_before";

    /// <summary>The authorization is not valid yet.</summary>
    public const string AuthorizationValidAfter = "invalid_exact_evm_payload_authorization_valid_after";

    /// <summary>The payer did not sign that, or not for this chain and token.</summary>
    public const string InvalidSignature = "invalid_exact_evm_payload_signature";

    /// <summary>The account that signed is not deployed, so nobody can be asked about the signature (version 1's SDK).</summary>
    public const string UndeployedSmartWallet = "invalid_exact_evm_payload_undeployed_smart_wallet";

    /// <summary>Deploying the account would call a factory that is not allowed (SDK).</summary>
    public const string FactoryNotAllowed = "eip6492_factory_not_allowed";

    /// <summary>The nonce is used or canceled (SDK).</summary>
    public const string NonceAlreadyUsed = "invalid_exact_evm_nonce_already_used";

    /// <summary>The payer has not that much.</summary>
    public const string InsufficientFunds = "insufficient_funds";

    /// <summary>The transaction was sent and is in no block yet: settle once more with the identical request (SDK).</summary>
    public const string SettlementPending = "settlement_pending";

    /// <summary>The transaction failed.</summary>
    public const string InvalidTransactionState = "invalid_transaction_state";

    /// <summary>The facilitator could not verify.</summary>
    public const string UnexpectedVerifyError = "unexpected_verify_error";

    /// <summary>The facilitator could not settle.</summary>
    public const string UnexpectedSettleError = "unexpected_settle_error";
}
