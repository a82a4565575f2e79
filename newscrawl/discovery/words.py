"""The words by which pages that are no reports are told from reports: in URLs, in link texts, in pagers.

Each set is for one question. All are lower case; where a language writes a word with and without accents in URLs, both
forms are here.
"""

# ruff: noqa: SIM905  (lists of words are read and kept in order as text)

from __future__ import annotations

SERVICE = frozenset(
    """
    about about-us aboutus about_us contact contacts contact-us contactus contact_us imprint impressum kontakt
    kontakte contacto contactos contacta contatti contatto contato contatos contactez-nous nous-contacter kapcsolat
    kontakty kontakta yhteystiedot iletisim contact-opnemen ueber-uns uber-uns über-uns wir-ueber-uns quienes-somos
    quiénes-somos qui-sommes-nous a-propos à-propos chi-siamo quem-somos sobre sobre-nos sobre-nosotros over-ons
    om-os om-oss om-ossi o-nas o-nás hakkimizda rolunk tietoa about.html colophon staff team our-team masthead
    redaktion redazione redaccion redacao redakcja legal legal-notice mentions-legales mentions-légales aviso-legal
    avviso-legale note-legali terms terms-of-use terms-of-service terms-and-conditions tos conditions agb
    nutzungsbedingungen cgu cgv privacy privacy-policy privacypolicy data-protection datenschutz
    datenschutzerklaerung datenschutzerklärung datenschutzhinweise politica-de-privacidad politica-de-privacidade
    confidentialite privacidad privacidade privacyverklaring personvern integritetspolicy privatlivspolitik
    tietosuoja adatvedelem polityka-prywatnosci cookie cookies cookie-policy cookiepolicy cookie-richtlinie
    politica-de-cookies gdpr ccpa accessibility barrierefreiheit accessibilita accesibilidad accessibilite
    disclaimer copyright licensing editorial-policy ethics corrections complaints feedback login log-in signin
    sign-in sign-up signup register registration registrieren logout account konto mein-konto my-account myaccount
    profile profil mypage anmelden anmeldung einloggen connexion inscription inscripcion iniciar-sesion registro
    accedi acesso entrar logga-in log-ind inloggen subscribe subscription subscriptions abo abonnement abonnements
    abonnieren abonnez-vous abbonamenti suscripcion suscribete assine assinatura prenumerera abonneren membership
    donate donation spenden don shop store cart basket warenkorb checkout wishlist newsletter newsletters
    newsletter-signup advertise advertising advertise-with-us advertisement adverts werbung werben mediadaten
    publicidad publicidade publicite pubblicita annonser annoncer reklama media-kit mediakit sponsored partners
    marketplace classifieds kleinanzeigen anzeigen jobs careers career karriere stellenangebote stellenmarkt empleo
    lavora-con-noi help hilfe faq faqs support ayuda aide ajuda customer-service apps app mobile-app podcasts rss
    feeds feed rss-feeds sitemap site-map sitemaps inhaltsverzeichnis archive-search search suche suchen
    suchergebnisse buscar busca busqueda búsqueda recherche rechercher ricerca cerca sok søk sök soeg haku zoeken
    szukaj hledat kereses ara arama поиск search-results weather wetter tv-guide horoscope horoskop crossword
    puzzles games lottery comments kommentare print share email-this forward tag tags author authors user users
    members member events-calendar calendar kalender veranstaltungskalender rss.xml wp-login wp-admin
    xmlrpc error offline amp-privacy о-нас контакты
    реклама политика-конфиденциальности
    """.split()
)
"""As the last path segment: a service page."""

SERVICE_PARENTS = frozenset(
    """
    tag tags tagged label labels schlagwort schlagworte schlagwoerter stichwort keyword keywords etiqueta etiquetas
    author authors autor autoren autore autores auteur auteurs autori forfatter skribent journalist journalists
    reporter profile profiles profil user users member members people staff contributor contributors byline help
    support faq legal about about-us ueber-uns contact kontakt service-center account login konto my newsletter
    newsletters search suche buscar recherche feed feeds rss share email print comment-page jobs careers shop store
    product products produkt produkte cart event-calendar
    """.split()
)
"""As the path segment before the last: `/tag/x`, `/author/x`."""

SERVICE_TREES = frozenset(
    """
    wp-admin wp-login wp-content wp-json cdn-cgi cgi-bin assets static account accounts login user users member
    members shop cart checkout search suche buscar recherche tag tags author authors print private cookie cookies
    newsletters newsletter advertise subscribe abo event events veranstaltung veranstaltungen termine kalender
    calendar eventos eventi evenements
    """.split()
)
"""As the first path segment: everything below is no report."""

SERVICE_STARTS = frozenset(
    """
    privacy cookie cookies datenschutz impressum terms agb login imprint newsletter privacidad privacidade
    disclaimer subscribe advertise kontakt mediadaten
    """.split()
)
"""As the first word of a last segment of up to three words: `/privacy-statement`, `/cookie-settings`."""

SERVICE_QUERY = frozenset(
    """
    s q query search keyword suche replytocom share reply tag author author_name add-to-cart attachment_id feed
    login redirect_to returnurl print
    """.split()
)
"""As the name of a query parameter."""

SERVICE_HOSTS = frozenset(
    """
    shop store abo abos subscribe subscription subscriptions login signin accounts account konto auth sso jobs
    careers karriere stellen stellenmarkt help hilfe support faq epaper e-paper ads advertising media-kit newsletter
    newsletters tickets static cdn img images assets api forum forums community cms mail webmail status
    """.split()
)
"""As the first label of a host."""

CATEGORIES = frozenset(
    """
    category categories cat kategorie kategorien kategori kategoria categoria categorias categoría categorie
    catégorie section sections sektion seccion secciones sección secao seção sezione sezioni rubrik rubriken
    rubrique rubriques rubrika rubriky ressort ressorts topic topics thema themen temas tema argomento argomenti
    dossier channel channels kanal hub latest-news
    """.split()
)
"""As the last path segment or the one before it: a list of reports."""

CATEGORY_QUERY = frozenset(
    """
    cat category category_id section rubrik ressort kategorie categoria tag_id m
    """.split()
)
"""As the name of a query parameter."""

REPORT_PARENTS = frozenset(
    """
    article articles artikel articulo articolo artigo news newsdetail news_view news_lang story stories report
    reports post posts detail view read view.php show noticia noticias notizia nachricht nachrichten meldung
    meldungen actualite nyheter nyhet haber hir archives blog press pressemitteilung a doc entry newsview
    articleview dettaglio
    """.split()
)
"""As the path segment before a number: `/news/321`."""

NEXT = frozenset(
    line.strip()
    for line in """
    next | next page | next posts | » | › | → | > | >> | older | older posts | older entries | older stories
    older articles | load more | show more | more posts | weiter | nächste | nächste seite | ältere
    ältere beiträge | ältere artikel | mehr laden | suivant | suivante | page suivante
    articles plus anciens | siguiente | siguientes
    página siguiente | entradas anteriores | entradas antiguas | seguinte | próxima | próximo | próxima página
    página seguinte | successivo | successiva | pagina successiva | avanti | articoli meno recenti | volgende
    volgende pagina | nästa | nästa sida | äldre | næste | næste side | neste | neste side | eldre | ældre | seuraava
    następna | następny | następna strona | starsze | starsze wpisy | další | následující | ďalšie | következő | korábbi
    sonraki | sonraki sayfa |
    următoarea | următor | следующая | следующая страница | далее | вперёд | наступна | далі
    следваща | επόμενη | επόμενο | التالي | الصفحة التالية | بعدی | הבא | अगला | 次へ | 次のページ | 次
    下一页 | 下一頁 | 다음 | trang sau | berikutnya | selanjutnya | ถัดไป
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""As the whole text of a link in a pager: the next or older page of a listing."""

CHROME = frozenset(
    """
    nav navbar navigation navi menu mainmenu submenu topmenu footer breadcrumb breadcrumbs social share sharing
    pagination pager paging cookie cookies consent langswitch languages toolbar skiplinks tagcloud
    """.split()
)
"""In the class or id of an element: it holds the site's furniture."""

CARDS = frozenset(
    """
    card teaser article item entry post story hentry news headline listitem tile promo
    """.split()
)
"""In the class of an element: it announces one report."""
